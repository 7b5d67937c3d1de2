package dev.selfsup.runtime.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A folder that is written to: whether it can be, and the room that is left.
 *
 * @param subject what it is for
 * @param folder the folder, which need not be there yet
 * @param needed bytes without which nothing works
 * @param wanted bytes with which one can work at ease
 * @param unwritable how bad it is if nothing can be written
 * @param advice how to use another folder
 * @param disk the disk
 */
record FolderCheck(String subject, Path folder, long needed, long wanted, Finding.Status unwritable, String advice, Disk disk) implements Check {
    @Override
    public List<Finding> findings() throws IOException {
        Path there = folder.toAbsolutePath().normalize();
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        String name = folder + (there.equals(folder.toAbsolutePath().normalize()) ? "" : " (not there yet)");
        if (!Files.isDirectory(there)) {
            return List.of(new Finding(unwritable, subject, name + " cannot be made: " + there + " is a file", "move that file, or " + advice));
        }
        Optional<String> obstacle = disk.obstacle(there);
        long free = disk.free(there);
        if (obstacle.isPresent()) {
            return List.of(new Finding(unwritable, subject, name + " cannot be written to: " + obstacle.get() + "; " + Size.text(free) + " free",
                    "make room or change its permissions, or " + advice));
        }
        String found = name + ": can be written to, " + Size.text(free) + " free";
        if (free < needed) {
            return List.of(Finding.fail(subject, found, "needs at least " + Size.text(needed) + ": make room, or " + advice));
        }
        return List.of(free < wanted ? Finding.warn(subject, found, "below " + Size.text(wanted) + ": make room, or " + advice) : Finding.ok(subject, found));
    }
}
