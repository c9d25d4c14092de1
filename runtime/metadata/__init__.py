"""What picture files say about how they were made: reading and writing it without decoding pixels."""
