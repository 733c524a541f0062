"""OpenID Connect: the product is a client by allauth; here is a demo issuer to try it with."""
