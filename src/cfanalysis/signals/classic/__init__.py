"""The charts and rules people know: Farrington's, the process chart, the funnel."""
