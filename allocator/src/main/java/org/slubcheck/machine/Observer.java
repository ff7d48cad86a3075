package org.slubcheck.machine;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks what looks at memory as nobody in the machine can: without order, without a check and
 * without an effect.
 *
 * <p>Code of the kernel takes nothing from it: it may call what is marked only where nothing comes
 * back, as to print a report. An access of the kernel that went past the address shadow and the race
 * detector would hide the very bugs that they are for.
 */
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface Observer {}
