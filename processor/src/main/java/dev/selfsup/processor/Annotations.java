package dev.selfsup.processor;

import java.util.Map;
import java.util.Optional;
import javax.lang.model.element.AnnotationMirror;
import javax.lang.model.element.AnnotationValue;
import javax.lang.model.element.Element;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.TypeElement;

/** The annotations of the API, read by name: the processor is built before the API. */
final class Annotations {
    static final String TYPE_NAME = "dev.selfsup.api.component.TypeName";
    static final String KIND = "dev.selfsup.api.component.Kind";
    static final String KEY = "dev.selfsup.api.component.Key";
    static final String DEFAULT = "dev.selfsup.api.component.Default";
    static final String TYPE_KEY = "dev.selfsup.api.component.TypeKey";
    static final String DEFAULT_SCOPE = "mmselfsup";

    private Annotations() {}

    /** Whether the element has the annotation. */
    static boolean has(Element element, String annotation) {
        return element.getAnnotationMirrors().stream()
                .anyMatch(mirror -> ((TypeElement) mirror.getAnnotationType().asElement()).getQualifiedName().contentEquals(annotation));
    }

    /** A string that the element's annotation gives, empty where the element has no such annotation or leaves the member out. */
    static Optional<String> value(Element element, String annotation, String member) {
        if (element == null) {
            return Optional.empty();
        }
        for (AnnotationMirror mirror : element.getAnnotationMirrors()) {
            if (!((TypeElement) mirror.getAnnotationType().asElement()).getQualifiedName().contentEquals(annotation)) {
                continue;
            }
            for (Map.Entry<? extends ExecutableElement, ? extends AnnotationValue> value : mirror.getElementValues().entrySet()) {
                if (value.getKey().getSimpleName().contentEquals(member)) {
                    return Optional.of((String) value.getValue().getValue());
                }
            }
        }
        return Optional.empty();
    }
}
