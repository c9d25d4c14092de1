"""What comes before and after plain sampling: hires fix, image to image, inpainting, the refiner."""
