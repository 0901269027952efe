"""The sound of phone legs: RTP in, frames of 20 ms out, and the other way round."""
