/** The watched folder: jars that come, are examined, put into use, replaced and removed while the container runs. */
package dev.selfsup.runtime.deploy;
