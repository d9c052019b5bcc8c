"""Try: paste a title and see how risky it is, and why."""

from fastapi import APIRouter, Request, Response

from service.console.page import Room, show

router = APIRouter(prefix="/try")
ROOM = Room("try", "score", router)


@router.get("")
async def form(request: Request) -> Response:
    """Show the form."""
    return show(request, "try.html.j2")
