"""After signing: milestones, acceptance, landings, benefits, returns."""
