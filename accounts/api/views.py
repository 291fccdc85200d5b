"""What answers where the API has no address."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.views import APIView


@extend_schema(exclude=True)
class NothingHere(APIView):
    """404 in the one error shape, to everybody and for every method."""

    authentication_classes = ()
    permission_classes = ()

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        raise NotFound(_("Nothing is at this address. Addresses of the API end with a slash; /api/docs/ lists them."))
