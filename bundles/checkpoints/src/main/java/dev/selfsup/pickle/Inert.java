package dev.selfsup.pickle;

import java.util.List;

/**
 * An object that a pickle would make and that is of no use here: what was called, and with what. Nothing was called.
 *
 * @param type the function or class
 * @param arguments what it would have been given
 */
public record Inert(Global type, List<Object> arguments) {
    @Override
    public String toString() {
        return "an object of " + type;
    }
}
