package dev.selfsup.runtime.parity;

/**
 * What became of a case.
 *
 * @param status passed, failed or skipped
 * @param detail the worst offending tensor, the reason of a skip, or how it passed if not at once
 * @param values numbers compared
 */
public record Outcome(Status status, String detail, long values) {
    /** How a case ends. */
    public enum Status { PASS, FAIL, SKIP }

    static Outcome passed(long values) {
        return new Outcome(Status.PASS, "", values);
    }

    /** The same, with something that a reader should know. */
    Outcome noting(String note) {
        return new Outcome(status, note, values);
    }

    static Outcome failed(String detail, long values) {
        return new Outcome(Status.FAIL, detail.replaceAll("\\s*\\R\\s*", "; "), values);
    }

    static Outcome skipped(String reason) {
        return new Outcome(Status.SKIP, reason, 0);
    }
}
