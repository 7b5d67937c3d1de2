/**
 * The command {@code doctor}. A {@link dev.selfsup.runtime.doctor.Check} looks at one thing and gives {@link dev.selfsup.runtime.doctor.Finding}s; what a
 * check knows of the machine it is given, so that tests can give it another one. A new check is one class and one line in
 * {@link dev.selfsup.runtime.doctor.DoctorCommand}.
 */
package dev.selfsup.runtime.doctor;
