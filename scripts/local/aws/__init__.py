"""What the local AWS adds to moto and ministack. Each addition quotes the AWS sentence that it follows."""
