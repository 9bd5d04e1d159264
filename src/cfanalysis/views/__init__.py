"""The tables that pages are made of, one module per question. Plain results in, ``tables.Table`` out: nothing here is released yet."""
