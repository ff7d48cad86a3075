package org.slubcheck.model;

import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import org.jetbrains.lincheck.jvm.agent.FilteredTransformationProfile;
import org.jetbrains.lincheck.jvm.agent.LincheckInstrumentation;
import org.jetbrains.lincheck.jvm.agent.TransformationProfile;

/**
 * Which classes Lincheck instruments.
 *
 * <p>By itself it instruments all that it meets, and each access in an instrumented class costs as
 * much as a hundred bare ones, also where it is ignored. Kernel code shares nothing but memory, so
 * the class of memory is enough; an architecture test holds the kernel to that.
 */
final class Instrumented {
    /** Threads. Collections are not shared, and Lincheck works with them itself. */
    private static final List<String> JAVA =
            List.of("java.lang.Thread", "java.lang.Throwable", "jdk.*");

    /** What fields hold that are read at each access: looked up and never found. */
    private static final List<String> VALUES =
            List.of(
                    long[].class.getName(),
                    MethodHandles.arrayElementVarHandle(long[].class).getClass().getName());

    private Instrumented() {}

    /**
     * From here to the end of the check under way. To be called when the agent is installed and
     * before the test class is met.
     *
     * @param classes names, a * stands for any rest
     * @param bystanders classes that Lincheck will ask for again and again and need not
     * @throws IllegalStateException if this Lincheck has no such profile
     */
    static void only(List<String> classes, List<String> bystanders) {
        List<String> all = new ArrayList<>(JAVA);
        all.addAll(classes);
        try {
            Field profile = LincheckInstrumentation.class.getDeclaredField("transformationProfile");
            profile.setAccessible(true);
            TransformationProfile usual = (TransformationProfile) profile.get(null);
            profile.set(null, new FilteredTransformationProfile(all, List.of(), usual));
        } catch (ReflectiveOperationException other) {
            throw new IllegalStateException("this Lincheck instruments in another way", other);
        }
        LincheckInstrumentation.INSTANCE.getInstrumentedClasses().addAll(bystanders);
        LincheckInstrumentation.INSTANCE.getInstrumentedClasses().addAll(VALUES);
    }
}
