"""Which agent gets which task: plans, expressions, tasks, reservations, agents and the router."""
