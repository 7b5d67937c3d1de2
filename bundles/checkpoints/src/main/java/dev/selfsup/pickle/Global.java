package dev.selfsup.pickle;

/**
 * A name of Python's that a pickle mentions: a function, class or constant. It stands for nothing but itself.
 *
 * @param module as {@code torch._utils}
 * @param name as {@code _rebuild_tensor_v2}
 */
public record Global(String module, String name) {
    @Override
    public String toString() {
        return module + "." + name;
    }
}
