package dev.selfsup.runtime.doctor;

import java.util.List;

/** Looks at one thing that training needs. */
interface Check {
    /**
     * Looks.
     *
     * @return a line each
     * @throws Exception if it cannot even look, which is reported as a failure of the check
     */
    List<Finding> findings() throws Exception;
}
