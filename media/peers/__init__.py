"""Server-side participants built on aiortc, in processes of their own."""
