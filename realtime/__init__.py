"""The Socket.IO door: sessions, rooms, fan-out, replay, presence."""
