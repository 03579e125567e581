"""What follows from the inputs of a tab, beside what was entered: rows, shares, warnings, charts."""
