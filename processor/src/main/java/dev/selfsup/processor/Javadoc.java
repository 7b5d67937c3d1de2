package dev.selfsup.processor;

import java.text.BreakIterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Javadoc comment as plain text: paragraphs apart by an empty line, code blocks kept as they are.
 *
 * @param text the main description
 * @param params text of the {@code @param} tags by name
 */
record Javadoc(String text, Map<String, String> params) {
    private static final Pattern BLOCK_TAG = Pattern.compile("(?m)^ ?@(\\w+)[ \\t]*");
    private static final Pattern PRE = Pattern.compile("(?s)<pre>(.*?)</pre>");
    private static final Pattern CODE = Pattern.compile("(?s)\\{@(?:code|literal)\\s+((?:[^{}]|\\{(?:[^{}]|\\{[^{}]*})*})*)}");
    private static final Pattern LINK = Pattern.compile("\\{@link(?:plain)?\\s+([^}\\s]+)(?:\\s+([^}]+))?}");
    private static final Pattern VALUE = Pattern.compile("\\{@\\w+\\s*([^}]*)}");

    /** Reads a comment as {@code Elements.getDocComment} gives it; null is an empty one. */
    static Javadoc of(String comment) {
        if (comment == null) {
            return new Javadoc("", Map.of());
        }
        Map<String, String> params = new LinkedHashMap<>();
        Matcher tag = BLOCK_TAG.matcher(comment);
        boolean more = tag.find();
        String description = more ? comment.substring(0, tag.start()) : comment;
        while (more) {
            String name = tag.group(1);
            int start = tag.end();
            more = tag.find();
            String body = comment.substring(start, more ? tag.start() : comment.length()).strip();
            if (name.equals("param")) {
                String[] words = body.split("\\s+", 2);
                params.put(words[0], words.length > 1 ? plain(words[1]) : "");
            }
        }
        return new Javadoc(plain(description), params);
    }

    /** The first sentence. */
    String summary() {
        String first = text.split("\n\n", 2)[0];
        BreakIterator sentences = BreakIterator.getSentenceInstance(Locale.ENGLISH);
        sentences.setText(first);
        int end = sentences.next();
        return end == BreakIterator.DONE ? first : first.substring(0, end).strip();
    }

    /** Text of a {@code @param} tag, empty without one. */
    String param(String name) {
        return params.getOrDefault(name, "");
    }

    private static String plain(String comment) {
        StringBuilder out = new StringBuilder();
        Matcher pre = PRE.matcher(comment);
        int end = 0;
        while (pre.find()) {
            out.append(prose(comment.substring(end, pre.start()))).append("\n\n").append(block(pre.group(1))).append("\n\n");
            end = pre.end();
        }
        return out.append(prose(comment.substring(end))).toString().replaceAll("\n{3,}", "\n\n").strip();
    }

    private static String block(String code) {
        String lines = code.strip().startsWith("{@code") ? code.strip().replaceFirst("\\{@code", "").replaceFirst("}$", "") : code;
        return entities(lines).replaceAll("^\\s*\n|\\s+$", "").stripIndent().indent(4).stripTrailing();
    }

    private static String prose(String text) {
        String inline = CODE.matcher(text).replaceAll(m -> Matcher.quoteReplacement(m.group(1).replace("<", "&lt;").replace(">", "&gt;")));
        inline = LINK.matcher(inline).replaceAll(m -> Matcher.quoteReplacement(m.group(2) != null ? m.group(2) : reference(m.group(1))));
        inline = VALUE.matcher(inline).replaceAll(m -> Matcher.quoteReplacement(m.group(1)));
        String paragraphs = inline.replaceAll("\\s+", " ")
                .replaceAll("\\s*<p>\\s*|\\s*</?(?:ul|ol|table)[^>]*>\\s*|\\s*</tr>\\s*", "\n\n")
                .replaceAll("\\s*<li>\\s*", "\n- ")
                .replaceAll("</t[dh]>\\s*", "  ")
                .replaceAll("</?\\w+[^>]*>", "");
        return entities(paragraphs).strip();
    }

    private static String reference(String target) {
        String name = target.substring(target.lastIndexOf('#') + 1);
        return target.contains("#") ? name : name.substring(name.lastIndexOf('.') + 1);
    }

    private static String entities(String text) {
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&nbsp;", " ").replace("&quot;", "\"").replace("&amp;", "&");
    }
}
