"""Working time: hours, holidays and make-up workdays, as published versions."""
