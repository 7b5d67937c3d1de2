package dev.selfsup.api.component;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.osgi.annotation.bundle.Attribute;
import org.osgi.annotation.bundle.Capability;
import org.osgi.service.component.annotations.ComponentPropertyType;

/**
 * The name under which a {@link ComponentFactory} is found in a config: {@code type: ResNet} in a field of kind
 * {@code backbone}. It becomes the service properties {@code selfsup.kind}, {@code selfsup.name},
 * {@code selfsup.scope} of the factory and the capability {@code selfsup.type} of its bundle.
 */
@ComponentPropertyType
@Capability(namespace = "selfsup.type")
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface TypeName {
    /** Prefix of the service properties. */
    String PREFIX_ = "selfsup.";

    /** Kind of the component: the {@link Kind} of the interface that the factory makes. */
    @Attribute("kind")
    String kind();

    /** Type name, as the reference writes it. */
    @Attribute("name")
    String name();

    /** Scope of the name: the package of the reference that defines it, for example {@code mmcls}. */
    @Attribute("scope")
    String scope() default "mmselfsup";
}
