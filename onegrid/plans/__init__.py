"""Plans of grids: layers of departments, drafts, approval, adoption on a date, who was responsible.

Methods: docs/methods/plan-drafts.md.
"""
