package org.slubcheck.stress;

import org.openjdk.jcstress.Main;
import org.slubcheck.stress.process.Parent;

/** JCStress as a program that ends with the one that started it, and takes its forks along. */
public final class StressMain {
    private StressMain() {}

    /** The arguments of JCStress. */
    public static void main(String[] args) throws Exception {
        Parent.endWithIt();
        Main.main(args);
    }
}
