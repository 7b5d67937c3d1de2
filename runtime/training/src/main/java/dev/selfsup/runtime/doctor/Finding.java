package dev.selfsup.runtime.doctor;

/**
 * What a check found.
 *
 * @param status how good it is
 * @param subject what was looked at, one short word
 * @param found what was found
 * @param advice what to do; empty where all is well, or where {@code found} says it
 */
record Finding(Status status, String subject, String found, String advice) {
    /** How good something is. */
    enum Status {
        /** As it should be. */
        OK,
        /** Training works, but not as well as it could. */
        WARN,
        /** Training does not work. */
        FAIL
    }

    static Finding ok(String subject, String found) {
        return new Finding(Status.OK, subject, found, "");
    }

    static Finding warn(String subject, String found, String advice) {
        return new Finding(Status.WARN, subject, found, advice);
    }

    static Finding fail(String subject, String found, String advice) {
        return new Finding(Status.FAIL, subject, found, advice);
    }
}
