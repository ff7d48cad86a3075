package org.slubcheck.properties;

import net.jqwik.api.FixedSeedMode;
import net.jqwik.api.GenerationMode;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AroundPropertyHook;
import net.jqwik.api.lifecycle.PropagationMode;
import net.jqwik.api.lifecycle.PropertyAttributes;
import net.jqwik.api.lifecycle.PropertyExecutionResult;
import net.jqwik.api.lifecycle.PropertyExecutor;
import net.jqwik.api.lifecycle.PropertyLifecycleContext;

/**
 * Gives a property the tries and the seed of the current {@link Subject}, and the subject the
 * result. Without a subject, and where nothing is drawn, the property's own numbers hold.
 */
final class Handover implements AroundPropertyHook {
    @Override
    public PropertyExecutionResult aroundProperty(
            PropertyLifecycleContext context, PropertyExecutor property) throws Throwable {
        Subject subject = Subject.current();
        boolean drawn = context.targetMethod().getParameterCount() > 0;
        if (drawn && subject.tries() != null) {
            PropertyAttributes attributes = context.attributes();
            attributes.setTries(subject.tries());
            attributes.setSeed(subject.seed());
            attributes.setWhenFixedSeed(FixedSeedMode.ALLOW);
            attributes.setGeneration(GenerationMode.RANDOMIZED);
            attributes.setShrinking(
                    subject.wanted().asDrawn() ? ShrinkingMode.OFF : ShrinkingMode.FULL);
        }
        PropertyExecutionResult result = property.execute();
        subject.ended(result);
        return result;
    }

    @Override
    public PropagationMode propagateTo() {
        return PropagationMode.ALL_DESCENDANTS;
    }
}
