package dev.selfsup.runtime.doctor;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints findings as they come: on a terminal wrapped, with the advice below; else a line each. */
final class Report {
    private static final int MARGIN = 18;
    private static final String ADVICE = "-> ";
    private static final int NARROWEST = 30;

    private final PrintStream out;
    private final int columns;
    private boolean failed;

    /**
     * @param columns width of the terminal, 0 where {@code out} is none
     */
    Report(PrintStream out, int columns) {
        this.out = out;
        this.columns = columns;
    }

    /** Runs a check and prints what it finds; a check that breaks is a finding as well. */
    boolean add(String subject, Check check) {
        List<Finding> findings;
        try {
            findings = check.findings();
        } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError e) {
            findings = List.of(Finding.fail(subject, "cannot be checked: " + e, "report this, with the output of 'selfsup doctor'"));
        }
        findings.forEach(this::print);
        return findings.stream().noneMatch(finding -> finding.status() == Finding.Status.FAIL);
    }

    /** Whether anything failed. */
    boolean failed() {
        return failed;
    }

    private void print(Finding finding) {
        failed |= finding.status() == Finding.Status.FAIL;
        String start = String.format(Locale.ROOT, "%-4s  %-10s  ", finding.status().name().toLowerCase(Locale.ROOT), finding.subject());
        String found = finding.found().strip().replaceAll("\\s*\\R\\s*", "; ");
        if (columns == 0) {
            out.println(start + found + (finding.advice().isEmpty() ? "" : " " + ADVICE + finding.advice()));
            return;
        }
        String margin = " ".repeat(MARGIN);
        List<String> lines = wrapped(found, columns - MARGIN);
        out.println(start + lines.get(0));
        lines.subList(1, lines.size()).forEach(line -> out.println(margin + line));
        if (!finding.advice().isEmpty()) {
            List<String> advice = wrapped(finding.advice(), columns - MARGIN - ADVICE.length());
            out.println(margin + ADVICE + advice.get(0));
            advice.subList(1, advice.size()).forEach(line -> out.println(margin + " ".repeat(ADVICE.length()) + line));
        }
        out.flush();
    }

    /** Breaks a text between words; a word that is longer than a line stays whole. */
    private static List<String> wrapped(String text, int room) {
        int width = Math.max(NARROWEST, room);
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        for (String word : text.split(" ")) {
            if (line.length() > 0 && line.length() + 1 + word.length() > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.length() > 0 ? " " : "").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
