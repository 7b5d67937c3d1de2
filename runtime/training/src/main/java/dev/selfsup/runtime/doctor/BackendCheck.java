package dev.selfsup.runtime.doctor;

import java.util.List;

/**
 * The backend that the script chose.
 *
 * @param backend name of its folder; empty where the script said none
 * @param reason why it was chosen; empty where the script said nothing
 */
record BackendCheck(String backend, String reason) implements Check {
    static BackendCheck ofThisProcess() {
        return new BackendCheck(System.getProperty("selfsup.backend", ""), System.getProperty("selfsup.backend.reason", ""));
    }

    @Override
    public List<Finding> findings() {
        String name = backend.isEmpty() ? "backend-cpu" : backend;
        String found = name.replaceFirst("^backend-", "") + (reason.isEmpty() ? "" : ": " + reason);
        return List.of(reason.contains("cannot be used") ? Finding.warn("backend", found, "'selfsup --backend cuda doctor' tries again; docs/servers.md says what it needs")
                : Finding.ok("backend", found));
    }
}
