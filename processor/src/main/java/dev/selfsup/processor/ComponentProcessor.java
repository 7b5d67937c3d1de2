package dev.selfsup.processor;

import java.io.IOException;
import java.io.Writer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.annotation.processing.SupportedAnnotationTypes;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.TypeElement;
import javax.lang.model.type.DeclaredType;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.tools.Diagnostic;
import javax.tools.StandardLocation;

/**
 * Describes every factory annotated {@code @TypeName} in a JSON file, and fails the compilation where a factory contradicts
 * itself: a kind that is not that of the interface it makes, a config that is no record.
 */
@SupportedAnnotationTypes(Annotations.TYPE_NAME)
public final class ComponentProcessor extends AbstractProcessor {
    private static final String FACTORY = "dev.selfsup.api.component.ComponentFactory";

    @Override
    public SourceVersion getSupportedSourceVersion() {
        return SourceVersion.latestSupported();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
        for (TypeElement annotation : annotations) {
            for (Element factory : round.getElementsAnnotatedWith(annotation)) {
                describe((TypeElement) factory);
            }
        }
        return false;
    }

    private void describe(TypeElement factory) {
        DeclaredType made = factoryInterface(factory);
        if (made == null) {
            error(factory, "a class annotated @TypeName must implement ComponentFactory<Kind, Config> directly, with both type arguments");
            return;
        }
        String declared = Annotations.value(factory, Annotations.TYPE_NAME, "kind").orElseThrow();
        TypeElement config = element(made.getTypeArguments().get(1));
        if (fits(factory, declared, made.getTypeArguments().get(0)) && isRecord(factory, config)) {
            write(factory, declared, config);
        }
    }

    private DeclaredType factoryInterface(TypeElement factory) {
        for (TypeMirror type : factory.getInterfaces()) {
            if (element(type).getQualifiedName().contentEquals(FACTORY) && ((DeclaredType) type).getTypeArguments().size() == 2) {
                return (DeclaredType) type;
            }
        }
        return null;
    }

    private boolean fits(TypeElement factory, String declared, TypeMirror made) {
        String kind = Annotations.value(element(made), Annotations.KIND, "value").orElse(null);
        if (kind == null) {
            error(factory, made + " is no kind of component: it is not annotated @Kind");
        } else if (!kind.equals(declared)) {
            error(factory, "@TypeName(kind = \"" + declared + "\") contradicts the factory, which makes a " + kind);
        }
        return declared.equals(kind);
    }

    private boolean isRecord(TypeElement factory, TypeElement config) {
        if (config == null || config.getKind() != ElementKind.RECORD) {
            error(factory, "the config of a component must be a record");
            return false;
        }
        return true;
    }

    private void write(TypeElement factory, String kind, TypeElement config) {
        Element component = factory.getEnclosingElement() instanceof TypeElement outer ? outer : factory;
        String name = Annotations.value(factory, Annotations.TYPE_NAME, "name").orElseThrow();
        String scope = Annotations.value(factory, Annotations.TYPE_NAME, "scope").orElse(Annotations.DEFAULT_SCOPE);
        Javadoc doc = Javadoc.of(processingEnv.getElementUtils().getDocComment(component));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("kind", kind);
        json.put("scope", scope);
        json.put("type", name);
        json.put("class", ((TypeElement) component).getQualifiedName().toString());
        json.put("summary", doc.summary());
        json.put("doc", doc.text());
        json.put("config", new ConfigKeys(processingEnv.getElementUtils()).of(config, List.of()));
        String prefix = scope.equals(Annotations.DEFAULT_SCOPE) ? "" : scope + ".";
        String folder = processingEnv.getElementUtils().getPackageOf(factory).getQualifiedName().toString();
        save("META-INF/selfsup/" + folder + "/" + kind + "." + prefix + name.replace('/', '-') + ".json", Json.text(json), factory);
    }

    private void save(String path, String text, TypeElement factory) {
        try (Writer out = processingEnv.getFiler().createResource(StandardLocation.CLASS_OUTPUT, "", path, factory).openWriter()) {
            out.write(text);
        } catch (IOException e) {
            error(factory, "cannot write " + path + ": " + e.getMessage());
        }
    }

    private static TypeElement element(TypeMirror type) {
        return type.getKind() == TypeKind.DECLARED ? (TypeElement) ((DeclaredType) type).asElement() : null;
    }

    private void error(Element where, String message) {
        processingEnv.getMessager().printMessage(Diagnostic.Kind.ERROR, message, where);
    }
}
