"""Personal data in the API: erasures, holds, exports, and who has read what."""
