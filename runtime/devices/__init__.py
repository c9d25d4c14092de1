"""Where pictures are computed, in which precision, and how much is given up for speed."""
