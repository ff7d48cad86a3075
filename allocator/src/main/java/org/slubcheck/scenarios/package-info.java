/**
 * Scenarios: a booted machine with its prefix already run, up to three task bodies, and an oracle.
 * Written once; stress, model checking and properties run the same ones.
 */
package org.slubcheck.scenarios;
