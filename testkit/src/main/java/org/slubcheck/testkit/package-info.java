/**
 * Runs a scenario of your own under the techniques of slubcheck, with its verdicts.
 *
 * <p>A {@link org.slubcheck.testkit.Scenario} is a state, one to three tasks and an oracle; a {@link
 * org.slubcheck.testkit.Specification} is a class and what it must do when one thread uses it. {@link
 * org.slubcheck.testkit.Check} runs them; {@link org.slubcheck.testkit.Verdicts} asserts and prints
 * what came out, {@link org.slubcheck.testkit.Reports} writes it to a file. The package uses nothing
 * of slubcheck but {@code org.slubcheck.verdict}.
 */
package org.slubcheck.testkit;
