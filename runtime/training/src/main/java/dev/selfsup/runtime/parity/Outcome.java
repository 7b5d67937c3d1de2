package dev.selfsup.runtime.parity;

/**
 * What became of a case.
 *
 * @param status passed, failed or skipped
 * @param detail the worst offending tensor, the reason of a skip, what was left out, or how it passed if not at once; empty if there is nothing to say
 * @param values numbers compared
 */
public record Outcome(Status status, String detail, long values) {
    /** How a case ends. */
    public enum Status { PASS, FAIL, SKIP }

    static Outcome passed(String remark, long values) {
        return new Outcome(Status.PASS, remark, values);
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
