package org.slubcheck.stress;

import java.lang.reflect.Field;
import java.util.List;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.vm.VMSupport;
import org.slubcheck.stress.process.Parent;

/** JCStress as a program that ends with the one that started it, and takes its forks along. */
public final class StressMain {
    private StressMain() {}

    /** The arguments of JCStress, to run tests and nothing else. */
    public static void main(String[] args) throws Exception {
        Parent.endWithIt();
        Options options = new NoMonitors(args);
        if (!options.parse()) {
            System.exit(1);
        }
        new JCStress(options).run();
    }

    /**
     * Each test once. Where a JVM still has biased locking (JDK 17) JCStress runs each test a second
     * time with it. Actors enter no monitor but the console's, to report: it is the same test again.
     */
    private static final class NoMonitors extends Options {
        NoMonitors(String[] args) {
            super(args);
        }

        /** JCStress asks for this when it has probed the JVM, before it lists what to run it with. */
        @Override
        public List<String> getJvmArgs() {
            try {
                Field biased = VMSupport.class.getDeclaredField("BIASED_LOCKING_AVAILABLE");
                biased.setAccessible(true);
                biased.setBoolean(null, false);
            } catch (ReflectiveOperationException e) {
                // Another JCStress: it may take twice as long, and says no less.
                System.err.println("slubcheck: biased locking is tried, too: " + e);
            }
            return super.getJvmArgs();
        }
    }
}
