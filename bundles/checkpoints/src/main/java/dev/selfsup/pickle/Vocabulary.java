package dev.selfsup.pickle;

import java.util.List;

/** What the names in a pickle mean. A reader knows no names of its own. */
public interface Vocabulary {
    /** Whether a name may stand in the pickle; one that may not ends the reading. */
    boolean knows(Global name);

    /**
     * What stands for the result of a call.
     *
     * @param function a name that is known
     * @param arguments what the pickle gives it
     * @throws RefusedPickleException if the arguments make no sense
     */
    Object call(Global function, List<Object> arguments) throws RefusedPickleException;

    /**
     * What stands for an object that is given its state; by default what stood for it before, without.
     *
     * @param object what stands for it
     * @param state its attributes
     * @throws RefusedPickleException if they make no sense
     */
    default Object state(Object object, Object state) throws RefusedPickleException {
        return object;
    }

    /**
     * What stands for data outside of the pickle.
     *
     * @param id as the pickle has it
     * @throws RefusedPickleException if it makes no sense
     */
    Object outside(Object id) throws RefusedPickleException;
}
