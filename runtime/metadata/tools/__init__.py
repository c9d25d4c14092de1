"""What each program writes into pictures: one module a program, and one registry of them."""
