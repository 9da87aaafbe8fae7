"""Sheets of paper: what stands on one, set in letters that are measured, and written as SVG and as PDF."""
