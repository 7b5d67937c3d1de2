package dev.selfsup.broken.absent;

/** A class that no bundle holds. */
public record Absent(int size) {}
