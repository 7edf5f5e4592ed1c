"""Why a figure says what it says: its definition, its cases, and the events behind them."""
