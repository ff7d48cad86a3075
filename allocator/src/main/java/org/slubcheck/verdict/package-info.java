/** What a run says in the end: a verdict, with the numbers that it rests on. */
package org.slubcheck.verdict;
