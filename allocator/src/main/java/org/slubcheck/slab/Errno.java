package org.slubcheck.slab;

/** The kernel's negative error numbers. */
public final class Errno {
    /** No such file or directory. */
    public static final int ENOENT = -2;

    /** No such device: sysfs's answer to who opened a file that is gone. */
    public static final int ENODEV = -19;

    /** Input or output error: sysfs's answer to a file without that operation. */
    public static final int EIO = -5;

    /** Out of memory. */
    public static final int ENOMEM = -12;

    /** Busy. */
    public static final int EBUSY = -16;

    /** Exists already. */
    public static final int EEXIST = -17;

    /** Invalid argument. */
    public static final int EINVAL = -22;

    /** No such function. */
    public static final int ENOSYS = -38;

    /** The system call is to be made again; users never see it. */
    public static final int ERESTARTSYS = -512;

    private Errno() {}

    /** The name, for people: {@code -EINVAL}. */
    public static String name(int error) {
        return switch (error) {
            case 0 -> "0";
            case ENOENT -> "-ENOENT";
            case EIO -> "-EIO";
            case ENOMEM -> "-ENOMEM";
            case EBUSY -> "-EBUSY";
            case EEXIST -> "-EEXIST";
            case ENODEV -> "-ENODEV";
            case EINVAL -> "-EINVAL";
            case ENOSYS -> "-ENOSYS";
            case ERESTARTSYS -> "-ERESTARTSYS";
            default -> Integer.toString(error);
        };
    }
}
