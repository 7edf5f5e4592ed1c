"""Who is asking: signed tokens in, an `Actor` out. What that actor may do is the domain's."""
