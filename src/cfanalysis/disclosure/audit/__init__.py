"""The audit: every hidden figure's bounds, written down as a reader of all release files would.

Shares no code with what decides but the policy and the solver.
"""
