/**
 * Scenarios: a booted machine with its prefix already run, up to three task bodies, and an oracle.
 * Stress
 * tests and model checks run the same ones; the tests of this package run their tasks in a row,
 * forwards and backwards, with the census at the end.
 */
package org.slubcheck.scenarios;
