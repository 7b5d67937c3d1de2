package dev.selfsup.pickle;

import java.io.EOFException;
import java.io.IOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads pickles (Python's {@code pickletools}, protocols 2 to 5, and of the older ones what those still use) without executing anything: a pickle is a small
 * program that can call any function of Python's; here it can only mention the names of a {@link Vocabulary}, and what a call makes is told by that.
 *
 * <p>None is null, numbers are Long, BigInteger or Double, texts String, then byte[], {@link Tuple}, List, Map; sets are lists. Keys of a mapping are texts and
 * numbers. Nothing is walked through, and what a call copies, or the memo remembers, is limited together with what is made, so that neither deep nesting nor a list that
 * is named a million times takes memory beyond that limit.
 */
public final class Unpickler {
    private static final int STEPS = 10_000_000;
    private static final int CONTAINERS = 5_000_000;
    private static final int LONG_BYTES = 1 << 10;

    private final PickleInput in;
    private final Vocabulary vocabulary;
    private final List<Object> stack = new ArrayList<>();
    private final List<Integer> marks = new ArrayList<>();
    private final Map<Long, Object> memo = new HashMap<>();
    private long containers;

    private Unpickler(PickleInput in, Vocabulary vocabulary) {
        this.in = in;
        this.vocabulary = vocabulary;
    }

    /**
     * Reads one pickle and not a byte more.
     *
     * @throws RefusedPickleException if it is damaged, or names what the vocabulary does not know
     * @throws EOFException if it is cut off
     */
    public static Object read(PickleInput in, Vocabulary vocabulary) throws IOException {
        return new Unpickler(in, vocabulary).run();
    }

    private Object run() throws IOException {
        for (int steps = 0; steps < STEPS; steps++) {
            int code = in.next();
            if (code == '.') {
                return pop();
            }
            if (!value(code) && !container(code) && !remember(code) && !name(code)) {
                throw new RefusedPickleException("its pickle has the instruction 0x%02x at byte %d, which is damaged or of no use in checkpoints"
                        .formatted(code, in.position() - 1));
            }
        }
        throw new RefusedPickleException("its pickle has more than " + STEPS + " instructions");
    }

    /** Numbers, texts and bytes. */
    private boolean value(int code) throws IOException {
        switch (code) {
            case 0x80 -> in.next();                                             // PROTO
            case 0x95 -> in.unsigned(8);                                        // FRAME
            case 'N' -> stack.add(null);
            case 0x88 -> stack.add(true);
            case 0x89 -> stack.add(false);
            case 'J' -> stack.add((long) (int) in.unsigned(4));
            case 'K' -> stack.add(in.unsigned(1));
            case 'M' -> stack.add(in.unsigned(2));
            case 0x8a -> stack.add(whole(in.unsigned(1)));
            case 0x8b -> stack.add(whole(in.unsigned(4)));
            case 'G' -> stack.add(in.real());
            case 'X' -> stack.add(in.text(in.unsigned(4)));                     // BINUNICODE
            case 0x8c -> stack.add(in.text(in.unsigned(1)));                    // SHORT_BINUNICODE
            case 'T' -> stack.add(in.oldText(in.unsigned(4)));                  // BINSTRING
            case 'U' -> stack.add(in.oldText(in.unsigned(1)));                  // SHORT_BINSTRING
            case 0x8d -> stack.add(in.text(in.unsigned(8)));
            case 'B' -> stack.add(in.bytes(in.unsigned(4)));
            case 'C' -> stack.add(in.bytes(in.unsigned(1)));
            case 0x8e, 0x96 -> stack.add(in.bytes(in.unsigned(8)));             // BINBYTES8, BYTEARRAY8
            default -> {
                return false;
            }
        }
        return true;
    }

    /** A signed number of so many bytes, little-endian. */
    private Number whole(long size) throws IOException {
        if (size > LONG_BYTES) {
            throw new RefusedPickleException("its pickle has a number of " + size + " bytes");
        }
        byte[] bytes = in.bytes(size);
        for (int i = 0; i < bytes.length / 2; i++) {
            byte other = bytes[i];
            bytes[i] = bytes[bytes.length - 1 - i];
            bytes[bytes.length - 1 - i] = other;
        }
        BigInteger value = bytes.length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
        return value.bitLength() < Long.SIZE ? (Number) value.longValue() : value;
    }

    /** Lists, tuples, mappings and sets. */
    private boolean container(int code) throws IOException {
        switch (code) {
            case '(' -> marks.add(stack.size());
            case ')' -> made(new Tuple(List.of()));
            case ']', 0x8f -> made(new ArrayList<>());                          // EMPTY_LIST, EMPTY_SET
            case '}' -> made(new LinkedHashMap<>());
            case 't' -> made(new Tuple(sinceMark()));
            case 'l', 0x91 -> made(sinceMark());                                // LIST, FROZENSET
            case 'd' -> made(put(new LinkedHashMap<>(), sinceMark()));
            case 0x85, 0x86, 0x87 -> made(new Tuple(last(code - 0x84)));
            case 'a' -> append(last(1));
            case 'e', 0x90 -> append(sinceMark());                              // APPENDS, ADDITEMS
            case 's' -> setItems(last(2));
            case 'u' -> setItems(sinceMark());
            default -> {
                return false;
            }
        }
        return true;
    }

    private void made(Object container) throws IOException {
        count(1);
        stack.add(container);
    }

    private void count(int more) throws IOException {
        containers += more;
        if (containers > CONTAINERS) {
            throw new RefusedPickleException("its pickle has more than " + CONTAINERS + " lists, tuples, mappings, remembered values and copied elements");
        }
    }

    @SuppressWarnings("unchecked")
    private void append(List<Object> items) throws IOException {
        if (!(peek() instanceof List<?> list)) {
            throw damaged("an element is added to what is no list");
        }
        ((List<Object>) list).addAll(items);
    }

    @SuppressWarnings("unchecked")
    private void setItems(List<Object> items) throws IOException {
        if (peek() instanceof Map<?, ?> map) {
            put((Map<Object, Object>) map, items);
        } else if (!(peek() instanceof Inert)) {
            throw damaged("a key is set in what is no mapping");
        }
    }

    private static Map<Object, Object> put(Map<Object, Object> map, List<Object> items) throws IOException {
        if (items.size() % 2 != 0) {
            throw damaged("a mapping has a key without value");
        }
        for (int i = 0; i < items.size(); i += 2) {
            Object key = items.get(i);
            if (key != null && !(key instanceof String) && !(key instanceof Number) && !(key instanceof Boolean)) {
                throw new RefusedPickleException("its pickle has a mapping whose key is " + (key instanceof Tuple || key instanceof Inert ? key : "no text or number"));
            }
            map.put(key, items.get(i + 1));
        }
        return map;
    }

    /** The memo, by which a value is used twice, and the stack. */
    private boolean remember(int code) throws IOException {
        switch (code) {
            case 'q' -> memoize(in.unsigned(1));
            case 'r' -> memoize(in.unsigned(4));
            case 0x94 -> memoize(memo.size());                                  // MEMOIZE
            case 'h' -> stack.add(recalled(in.unsigned(1)));
            case 'j' -> stack.add(recalled(in.unsigned(4)));
            case '0' -> pop();
            case '1' -> sinceMark();
            case '2' -> stack.add(peek());
            default -> {
                return false;
            }
        }
        return true;
    }

    private void memoize(long number) throws IOException {
        count(1);
        memo.put(number, peek());
    }

    private Object recalled(long number) throws IOException {
        if (!memo.containsKey(number)) {
            throw damaged("value " + number + " is used before it is made");
        }
        return memo.get(number);
    }

    /** Names, calls of what they name, and data outside. */
    private boolean name(int code) throws IOException {
        switch (code) {
            case 'c' -> stack.add(known(in.line(), in.line()));
            case 0x93 -> {                                                      // STACK_GLOBAL
                List<Object> parts = last(2);
                if (!(parts.get(0) instanceof String module) || !(parts.get(1) instanceof String name)) {
                    throw damaged("a name is no text");
                }
                stack.add(known(module, name));
            }
            case 'R', 0x81 -> {                                                 // REDUCE, NEWOBJ
                List<Object> parts = last(2);
                made(called(parts.get(0), parts.get(1)));
            }
            case 0x92 -> {                                                      // NEWOBJ_EX
                List<Object> parts = last(3);
                made(called(parts.get(0), parts.get(1)));
            }
            case 'b' -> {                                                       // BUILD: attributes of an object, beside its content
                List<Object> parts = last(2);
                stack.add(vocabulary.state(parts.get(0), parts.get(1)));
            }
            case 'Q' -> stack.add(vocabulary.outside(pop()));
            default -> {
                return false;
            }
        }
        return true;
    }

    private Global known(String module, String name) throws IOException {
        Global global = new Global(printable(module), printable(name));
        if (!vocabulary.knows(global)) {
            throw new RefusedPickleException("its pickle names " + global + ", which is no tensor and no plain data. Nothing was executed. If you trust the file, load it in "
                    + "Python and save its state_dict alone, as safetensors or with torch.save");
        }
        return global;
    }

    private static String printable(String text) {
        return text.substring(0, Math.min(text.length(), 100)).replaceAll("[^\\p{Graph} ]", "?");
    }

    private Object called(Object function, Object arguments) throws IOException {
        if (!(function instanceof Global global) || !(arguments instanceof Tuple tuple)) {
            throw damaged("something is called that is no function");
        }
        for (Object argument : tuple.items()) {
            count(items(argument).size());                                      // a call may copy them
        }
        return vocabulary.call(global, tuple.items());
    }

    // The stack

    private Object peek() throws IOException {
        if (stack.size() <= floor()) {
            throw damaged("a value is missing");
        }
        return stack.get(stack.size() - 1);
    }

    private int floor() {
        return marks.isEmpty() ? 0 : marks.get(marks.size() - 1);
    }

    private Object pop() throws IOException {
        Object top = peek();
        stack.remove(stack.size() - 1);
        return top;
    }

    private List<Object> last(int count) throws IOException {
        if (stack.size() - floor() < count) {
            throw damaged("a value is missing");
        }
        return taken(stack.size() - count);
    }

    private List<Object> sinceMark() throws IOException {
        if (marks.isEmpty()) {
            throw damaged("a mark is missing");
        }
        return taken(marks.remove(marks.size() - 1));
    }

    private List<Object> taken(int from) {
        List<Object> top = stack.subList(from, stack.size());
        List<Object> items = new ArrayList<>(top);
        top.clear();
        return items;
    }

    private static RefusedPickleException damaged(String what) {
        return new RefusedPickleException("its pickle is damaged: " + what);
    }

    /** Elements of a list or tuple; empty for anything else. */
    public static List<Object> items(Object value) {
        return value instanceof Tuple tuple ? tuple.items() : value instanceof List<?> list ? Collections.unmodifiableList(list) : List.of();
    }
}
