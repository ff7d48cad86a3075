package org.slubcheck.benchmarks;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;

/**
 * malloc and free of the C library, as Java reaches them through sun.misc.Unsafe. Constant method
 * handles cost nothing and, unlike the class itself, compile without a warning on every JDK.
 */
final class Malloc {
    private static final MethodHandle ALLOCATE =
            unsafe("allocateMemory", MethodType.methodType(long.class, long.class));
    private static final MethodHandle FREE =
            unsafe("freeMemory", MethodType.methodType(void.class, long.class));
    private static final MethodHandle PUT =
            unsafe("putLong", MethodType.methodType(void.class, long.class, long.class));

    private Malloc() {}

    /** malloc. */
    static long alloc(long bytes) {
        try {
            return (long) ALLOCATE.invokeExact(bytes);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Writes a word. */
    static void write(long address, long value) {
        try {
            PUT.invokeExact(address, value);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** free. */
    static void free(long address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private static MethodHandle unsafe(String method, MethodType type) {
        try {
            Class<?> unsafe = Class.forName("sun.misc.Unsafe");
            Field instance = unsafe.getDeclaredField("theUnsafe");
            instance.setAccessible(true);
            return MethodHandles.lookup()
                    .findVirtual(unsafe, method, type)
                    .bindTo(instance.get(null));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }
}
