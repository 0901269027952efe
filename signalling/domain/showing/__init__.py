"""What visitors, agents and supervisors are shown of a desk as it is now. Pure."""
