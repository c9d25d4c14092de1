"""The same picture in the words of other programs: requests, graphs, scripts; and back. No torch here."""
