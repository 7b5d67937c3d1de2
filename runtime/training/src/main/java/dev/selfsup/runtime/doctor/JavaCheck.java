package dev.selfsup.runtime.doctor;

import java.util.List;

/**
 * Java and the platform, for which there are natives.
 *
 * @param version of Java
 * @param vendor who made it, and the name of the virtual machine
 * @param platform operating system and processor, as {@code Linux amd64}
 */
record JavaCheck(Runtime.Version version, String vendor, String platform) implements Check {
    private static final int OLDEST = 17;
    private static final int NEWEST_TESTED = 25;

    static JavaCheck ofThisProcess() {
        return new JavaCheck(Runtime.version(), System.getProperty("java.vendor") + ", " + System.getProperty("java.vm.name"),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    }

    @Override
    public List<Finding> findings() {
        String found = version + " (" + vendor + ") on " + platform;
        if (version.feature() < OLDEST) {
            return List.of(Finding.fail("java", found, "install Java " + OLDEST + " or newer and put it on the PATH, or set JAVA_HOME to it"));
        }
        if (!platform.equals("Linux amd64")) {
            return List.of(Finding.fail("java", found, "the native libraries are for Linux on x86-64: use such a machine or a container for it"));
        }
        if (version.feature() > NEWEST_TESTED) {
            return List.of(Finding.warn("java", found, "newer than what is tested, Java " + OLDEST + " to " + NEWEST_TESTED
                    + ": use one of these if anything fails"));
        }
        return List.of(Finding.ok("java", found));
    }
}
