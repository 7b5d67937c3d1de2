package dev.selfsup.api.run;

/** When a hook is called among the others at the same point; the more urgent earlier. */
public enum Priority {
    HIGHEST,
    VERY_HIGH,
    HIGH,
    ABOVE_NORMAL,
    NORMAL,
    BELOW_NORMAL,
    LOW,
    VERY_LOW,
    LOWEST
}
