"""What-if: last month's cases under a rule that is only thought of. Nothing is written."""
